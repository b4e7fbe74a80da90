#!/bin/bash
#PBS -l walltime=10:00  # ten minutes
#PBS -N name here
#PBS -l mem=
echo
#PBS -N late
