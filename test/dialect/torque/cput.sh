#!/bin/bash
#PBS -l cput=20:00:00,pcput=10:00:00,nodes=1
./a.out
