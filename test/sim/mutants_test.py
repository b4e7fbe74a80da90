#!/usr/bin/env python3
"""Each planted mutant is caught by some seed, for the right reason; the honest program passes that
seed.

    mutants_test.py PENTAD-SIM [MUTANT...]
"""
import re
import subprocess
import sys

SEEDS = 200

# What may notice it: checks by name, as printed behind "broke:". An entry "x: y" is more exact.
CAUGHT_BY = {
    "acknowledged_before_durable": {"recovery_loses_no_event", "recovery_gives_the_same_state"},
    "effects_before_commit": {
        "dependencies_come_first", "held_jobs_wait", "cancelled_jobs_do_not_start",
        "only_nodes_that_are_up", "an_attempt_starts_once", "attempts_are_numbered",
        "a_started_job_has_its_payload", "a_node_is_never_overcommitted", "begin_time_is_kept",
        "an_element_runs_once_at_a_time", "array_limit_is_kept",
        "licences_are_never_overcommitted", "a_job_ends_as_its_processes_did"},
    "resources_not_freed": {"invariant", "everything_comes_to_rest",
                            "a_restored_centre_goes_on_alike", "recovery_gives_the_same_state"},
    "stale_attempt_accepted": {"no_end_while_it_runs", "a_job_ends_as_its_processes_did",
                               "an_element_runs_once_at_a_time", "a_node_is_never_overcommitted"},
    "dependency_dropped_on_restart": {"dependencies_come_first"},
    "double_start_after_crash": {"an_element_runs_once_at_a_time", "a_node_is_never_overcommitted"},
    "cancelled_job_started": {"cancelled_jobs_do_not_start"},
    "charged_twice": {"invariant", "an_attempt_settles_once", "a_settlement_releases_the_hold"},
    "rest_not_released": {"invariant", "a_settlement_releases_the_hold"},
    "settled_above_hold": {"invariant", "a_settlement_releases_the_hold",
                           "revenue_is_what_is_charged"},
    "voucher_not_returned": {"what_is_left_of_a_voucher_returns", "revenue_is_what_is_charged"},
}


def run(program, *arguments):
    done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", timeout=300)
    return done.returncode, done.stdout


def problem_of(program, mutant):
    """None when the mutant was caught as it should be."""
    status, text = run(program, "--seeds", f"1..{SEEDS}", "--mutant", mutant)
    if status == 0:
        return f"survived seeds 1..{SEEDS}"
    caught = re.search(r"^seed (\d+) broke: ([a-z_]+)(.*)$", text, re.MULTILINE)
    if not caught:
        return "ended without naming a seed:\n" + text[-2000:]
    seed, check, detail = caught.groups()
    if check not in CAUGHT_BY[mutant]:
        return f"was caught by another check than expected: {check}{detail}"
    status, text = run(program, "--seeds", seed)
    if status != 0:
        return f"seed {seed} breaks without it, too:\n{text[-2000:]}"
    print(f"{mutant}: caught by seed {seed}, {check}{detail[:100]}")
    return None


def main(program, *chosen):
    status, text = run(program, "--list-mutants")
    mutants = text.split()
    bad = 0
    if status != 0 or set(mutants) != set(CAUGHT_BY):
        print("the program has other mutants than this test knows:", *mutants)
        bad += 1
    for mutant in chosen or CAUGHT_BY:
        problem = problem_of(program, mutant)
        if problem:
            bad += 1
            print(f"{mutant}: {problem}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
