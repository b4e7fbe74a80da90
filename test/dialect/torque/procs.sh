#!/bin/bash
#PBS -l procs=40
#PBS -l tpn=20
mpiexec ./a.out
