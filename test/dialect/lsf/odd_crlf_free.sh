#BSUB -n 2
#BSUB -o out.%J.txt The file for results
./a.out
