#!/bin/bash
#PBS --job-name=x
#PBS -t 1-10
./a.out
