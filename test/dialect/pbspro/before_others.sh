#!/bin/bash
#PBS -W depend=on:2
#PBS -W block=true
./wait_for_me
