#!/bin/bash
#PBS -J 1-9:2
#PBS -r y
echo $PBS_ARRAY_INDEX
