#!/bin/bash
#PBS -l nodes=1:ppn=8:gpus=2:exclusive_process
./cuda
