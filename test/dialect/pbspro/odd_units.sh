#!/bin/bash
#PBS -l walltime=2h
#PBS -l mem=4gigs
#PBS -l select=1:ncpus=four
./a.out
