#!/bin/bash
#PBS -W depend=afterok:4711.server:4712
#PBS -W umask=0027
./post
