#!/bin/sh
#PBS -l mem=512mw
#PBS -l pvmem=2gb
./a.out
