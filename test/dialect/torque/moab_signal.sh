#!/bin/bash
#PBS -l signal=USR1@120
#PBS -W x=nmatchpolicy:exactnode
#PBS -l nodes=1
./a.out
