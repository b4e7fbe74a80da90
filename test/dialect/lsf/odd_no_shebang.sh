#BSUB -W 5
#BSUB -M 4024
#BSUB -m "hostA hostB+2"
mpirun ./solver
