#!/bin/bash
#PBS -q big@pbs01
#PBS -A proj-9
#PBS -W group_list=fluids
./a.out
