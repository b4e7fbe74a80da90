#!/bin/bash
#$ -pe mpi 64
#$ -l h_rt=12:00:00,rmem=4G,tmpfs=10G
#$ -P proj042
#$ -m bea -M mei@example.org
#$ -S /bin/bash
mpirun ./wing
