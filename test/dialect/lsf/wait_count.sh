#!/bin/bash
#BSUB -w "numdone(900, >= 5)"
./post
