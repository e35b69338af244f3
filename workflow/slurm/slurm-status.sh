#!/bin/sh
# Whether a job of Slurm still runs, as Snakemake asks: running, success or failed.
state=$(sacct --noheader --parsable2 --allocations --format=State --jobs "$1" 2>/dev/null | head -n 1)
# Without an accounting database, the controller remembers a job for some minutes.
[ -n "$state" ] || state=$(scontrol show job "$1" 2>/dev/null | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p')
case "$state" in
  COMPLETED*) echo success ;;
  PENDING* | RUNNING* | COMPLETING* | CONFIGURING* | REQUEUE* | SUSPENDED* | RESIZING*) echo running ;;
  *) echo failed ;;
esac
