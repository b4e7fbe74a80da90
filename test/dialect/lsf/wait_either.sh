#!/bin/bash
#BSUB -w "done(11) || exit(12)"
./post
