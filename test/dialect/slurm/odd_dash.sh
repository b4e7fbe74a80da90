#!/bin/bash
#SBATCH –-time=10:00
#SBATCH —nodes=2
./a
