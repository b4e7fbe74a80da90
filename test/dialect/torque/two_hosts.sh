#!/bin/bash
#PBS -l nodes=n01:ppn=4+n02:ppn=4
./a.out
