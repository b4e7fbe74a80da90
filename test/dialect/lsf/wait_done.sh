#!/bin/bash
#BSUB -w "done(1201) && ended(1202)"
./post
