#!/bin/bash
#PBS -a 2330
#PBS -h
#PBS -p -100
./night
