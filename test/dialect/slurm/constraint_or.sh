#!/bin/bash
#SBATCH -C "skylake|icelake"
srun ./solver
