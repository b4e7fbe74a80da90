#PBS -S /bin/tcsh
#PBS -N oldies
#PBS -l walltime=10:00
setenv OMP_NUM_THREADS 4
./a.out
