# Reads LAMMPS's log: the table after "constant energy from here" and the loop time below it; writes
# the result. The drift is the slope of a least-squares line through the energy of an atom, times
# the time simulated: two end points alone would show the fluctuation instead.
# Exit 3: drift above max_drift; 2: nothing to judge.
/^constant energy from here/ { nve = 1 }
nve && $1 == "Step" { table = 1; next }
nve && /^Loop time of/ { table = 0; loop_s = $4; steps = $9; atoms = $12 }
table && NF == 7 && $1 ~ /^[0-9]+$/ {
  t = $1 * timestep
  if (!n) { t0 = t; e0 = $5 }
  t -= t0; e = $5 - e0
  n++; st += t; se += e; stt += t * t; ste += t * e; see += e * e
  # Some awks read "nan" and "inf" as 0.
  if ($5 !~ /^[-+.eE0-9]+$/) broken = 1
  temperature += $2; pressure += $6
  at[n] = t; moved[n] = $7
}

END {
  if (n < 4 || loop_s <= 0 || steps <= 0) {
    print "lammps-melt: no energies in log.lammps" > "/dev/stderr"
    exit 2
  }
  slope = (n * ste - st * se) / (n * stt - st * st)
  drift = slope * at[n]
  rest = see - se * se / n - slope * (ste - st * se / n)
  rms = rest > 0 ? sqrt(rest / n) : 0
  # Einstein: the squared displacement grows by 6 D t once the first collisions are over.
  half = int((n + 1) / 2)
  diffusion = (moved[n] - moved[half]) / (6 * (at[n] - at[half]))
  rate = steps / loop_s

  size = drift < 0 ? -drift : drift
  finite = !broken && size < 1e30  # not so for nan either
  good = finite && size <= max_drift
  if (!finite) { drift = 1e30; rms = 0; diffusion = 0; temperature = 0; pressure = 0 }

  format_en = "%d atoms, %.0f steps/s, energy drift %.1e per atom"
  format_zh = "%d 个原子,每秒 %.0f 步,每原子能量漂移 %.1e"
  en = (good ? "" : "energy not conserved: ") sprintf(format_en, atoms, rate, drift)
  zh = (good ? "" : "能量不守恒:") sprintf(format_zh, atoms, rate, drift)
  printf "{\"summary\": {\"en\": \"%s\", \"zh\": \"%s\"},\n \"figures\": [\n", en, zh
  figure("energy_drift_per_atom", sprintf("%.6e", drift), "epsilon", ",")
  figure("energy_fluctuation_per_atom", sprintf("%.6e", rms), "epsilon", ",")
  figure("temperature", sprintf("%.5f", temperature / n), "epsilon/k", ",")
  figure("pressure", sprintf("%.5f", pressure / n), "epsilon/sigma^3", ",")
  figure("diffusion_coefficient", sprintf("%.5f", diffusion), "sigma^2/tau", ",")
  figure("steps_per_s", sprintf("%.2f", rate), "1/s", ",")
  figure("atom_steps_per_s", sprintf("%.0f", rate * atoms), "1/s", ",")
  figure("atoms", sprintf("%d", atoms), "", ",")
  figure("steps", sprintf("%d", steps), "", ",")
  figure("ranks", sprintf("%d", ranks), "", "")
  print " ],\n \"files\": [\"log.lammps\", \"final.data\"]}"
  if (!good) {
    printf "lammps-melt: energy of an atom drifted by %.3e, more than %s\n", drift, max_drift \
      > "/dev/stderr"
    exit 3
  }
}

function figure(name, value, unit, comma) {
  printf "  {\"name\": \"%s\", \"value\": %s, \"unit\": \"%s\"}%s\n", name, value, unit, comma
}
