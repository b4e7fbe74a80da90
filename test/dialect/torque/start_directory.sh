#!/bin/bash
#PBS -d .
#PBS -e err.log
#PBS -o out.log
./a.out
