#!/bin/bash
#PBS -l software=abaqus
#PBS -l filesystems=home:eagle
#PBS -l nice=5
#PBS -l select=1:ncpus=4
abaqus job=beam
