import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Ports of this cluster alone. */
const PORT = 27_000 + 2 * (process.pid % 1000);

/** Whether a program answers to `--version`. */
export const isThere = (program: string) => spawnSync(program, ['--version']).status === 0;

export interface Cluster {
  /** What its commands need in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether a job whose name begins so is running. */
  isRunning(name: string): boolean;
  /** Takes the node away, with everything that runs on it; it comes back by itself. */
  failNode(): void;
  stop(): void;
}

/** Starts Slurm with this machine as its one node, as the present user. */
export function startSlurm(folder: string): Cluster {
  const at = (name: string) => join(folder, name);
  const node = hostname();
  writeFileSync(at('key'), randomBytes(1024), { mode: 0o400 });
  for (const name of ['state', 'spool']) mkdirSync(at(name));
  const user = spawnSync('id', ['-un'], { encoding: 'utf8' }).stdout.trim();
  const settings = {
    ...{ ClusterName: 'test', SlurmctldHost: `${node}(127.0.0.1)` },
    ...{ SlurmUser: user, SlurmdUser: user, SlurmctldPort: PORT, SlurmdPort: PORT + 1 },
    ...{ AuthType: 'auth/munge', CredType: 'cred/munge', AuthInfo: `socket=${at('munge')}` },
    ...{ StateSaveLocation: at('state'), SlurmdSpoolDir: at('spool') },
    ...{ SlurmctldPidFile: at('slurmctld.pid'), SlurmdPidFile: at('slurmd.pid') },
    ...{ SlurmctldLogFile: at('slurmctld.log'), SlurmdLogFile: at('slurmd.log') },
    ...{ ProctrackType: 'proctrack/pgid', TaskPlugin: 'task/none', MpiDefault: 'none' },
    ...{ JobAcctGatherType: 'jobacct_gather/none', ReturnToService: 2, KillWait: 2 },
    ...{ SelectType: 'select/cons_tres', SelectTypeParameters: 'CR_Core' },
    ...{ SlurmdParameters: 'config_overrides', SchedulerParameters: 'batch_sched_delay=0' },
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  lines.push(`NodeName=${node} NodeAddr=127.0.0.1 CPUs=2 RealMemory=16000 State=UNKNOWN`);
  lines.push(`PartitionName=all Nodes=${node} Default=YES MaxTime=INFINITE State=UP`);
  writeFileSync(at('slurm.conf'), `${lines.join('\n')}\n`);
  const env = { SLURM_CONF: at('slurm.conf') };

  const ask = (program: string, ...args: string[]) => {
    const options = { env: { ...process.env, ...env }, encoding: 'utf8' } as const;
    const { status, stdout, stderr, error } = spawnSync(program, args, options);
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error ?? stderr}`);
    return stdout;
  };
  const munge = ['socket', 'pid-file', 'log-file', 'seed-file'];
  const paths = [at('munge'), at('munged.pid'), at('munged.log'), at('munge.seed')];
  const cluster: Cluster = {
    env,
    isRunning: (name) =>
      ask('squeue', '--noheader', '--states=RUNNING', '--format=%j')
        .split('\n')
        .some((job) => job.startsWith(name)),
    failNode: () => void ask('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test'),
    stop() {
      for (const name of ['slurmd', 'slurmctld', 'munged']) {
        const file = at(`${name}.pid`);
        if (existsSync(file)) process.kill(Number(readFileSync(file, 'utf8')));
      }
    },
  };
  try {
    ask(
      'munged',
      '--force',
      `--key-file=${at('key')}`,
      ...munge.map((flag, i) => `--${flag}=${paths[i]}`),
    );
    ask('slurmctld', '-c');
    ask('slurmd');
  } catch (error) {
    cluster.stop();
    throw error;
  }
  return cluster;
}
