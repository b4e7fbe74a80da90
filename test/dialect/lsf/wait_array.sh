#!/bin/bash
#BSUB -J "second[1-10]"
#BSUB -w "done(900[*])"
./post
