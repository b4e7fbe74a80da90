#PBS -l walltime=10:00
#PBS -q fast@server2
#PBS -S /bin/bash
cd $PBS_O_WORKDIR
mpiexec ./solver
