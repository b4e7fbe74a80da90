#!/bin/bash
#PBS -v CASE=7,NAME="a b",LIST='x,y'
#PBS -V
./a.out
