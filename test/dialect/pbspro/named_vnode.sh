#!/bin/bash
#PBS -l select=1:host=n042:ncpus=4
./a.out
