#!/bin/bash
#PBS –N webpage
#PBS -j o
./a.out
