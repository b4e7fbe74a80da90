#!/bin/bash
#PBS -t 7
echo $PBS_ARRAYID
