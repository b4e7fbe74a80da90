#!/bin/bash
#PBS -P root
#PBS -I
./a.out
