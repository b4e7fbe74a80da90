#!/bin/bash
# Runs LAMMPS in the job's directory and judges the run by the drift of its energy.
# Exit: 0 fine, 2 something needed is missing, 3 energy not conserved, 4 cannot write here, else
# what LAMMPS or mpirun gave.
set -u
p() { local name="PENTAD_PARAM_$1"; echo "${!name}"; }
die() { echo "lammps-melt: $2" >&2; exit "$1"; }

for tool in mpirun lmp awk; do
  command -v "$tool" >/dev/null ||
    die 2 "$tool is missing (apt-get install --no-install-recommends lammps openmpi-bin)"
done
{ rm -f result.json && : >result.json.part; } 2>/dev/null || die 4 "cannot write in $PWD"

cells=$(awk -v atoms="$(p ATOMS)" 'BEGIN { printf "%d", (atoms / 4) ^ (1 / 3) + 0.5 }')
every=$(awk -v steps="$(p STEPS)" 'BEGIN { n = int(steps / 70); print (n < 1 ? 1 : n) }')

# The job has its cores to itself, so MPI need not bind; a batch system whose variables we may have
# inherited must not be asked for nodes. Ranks that yield while they wait run four times as fast
# when something else needs the cores too, and no slower when nothing does.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_NUM_THREADS=1
mpirun --oversubscribe --bind-to none --mca mpi_yield_when_idle 1 --mca plm ^slurm \
  --mca ras ^slurm -n "$(p RANKS)" \
  lmp -echo none -log log.lammps -in "$PENTAD_APP_DIR/in.melt" \
  -var cells "$cells" -var every "$every" -var seed "$(p SEED)" \
  -var temperature "$(p TEMPERATURE)" -var timestep "$(p TIMESTEP)" \
  -var melt_steps "$(p MELT_STEPS)" -var steps "$(p STEPS)" </dev/null &
ranks=$!
trap 'kill -TERM $ranks; wait $ranks; rm -f result.json.part; exit 143' TERM INT
wait $ranks
code=$?
trap - TERM INT
[ "$code" -eq 0 ] || die "$code" "LAMMPS ended with exit code $code; log.lammps has its last words"

# LAMMPS does not notice a full disk: two lines an atom must be there.
[ "$(wc -l <final.data)" -gt $((8 * cells ** 3)) ] || die 4 "final.data is cut short: disk full?"

awk -v ranks="$(p RANKS)" -v timestep="$(p TIMESTEP)" -v max_drift="$(p MAX_DRIFT)" \
  -f "$PENTAD_APP_DIR/judge.awk" log.lammps >result.json.part
code=$?
[ "$code" -ne 2 ] || exit 2
mv result.json.part result.json || die 4 "cannot write result.json in $PWD"
[ "$code" -eq 0 ] || exit "$code"
echo "progress 1.000 done"
