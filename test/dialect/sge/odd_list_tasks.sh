#!/bin/bash
#$ -t 1,3,5
./a.out
