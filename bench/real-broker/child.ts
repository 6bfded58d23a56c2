import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Job, Told, Usage } from './job.js'

export interface Child {
  readonly pid: number | undefined
  readonly stop: () => Promise<Usage>
}

const contender = join(process.cwd(), 'dist/bench/real-broker/contender.js')

/** Starts a contender; resolves when it is in its group. `BENCH_NODE_OPTIONS` goes to it, `--cpu-prof` for one. */
export async function startChild(job: Job): Promise<Child> {
  const execArgv = (process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((option) => option !== '')
  const child = fork(contender, [JSON.stringify(job)], { execArgv })
  const ended = once(child, 'exit')
  const told = async (): Promise<Told> => {
    const [message] = (await Promise.race([
      once(child, 'message'),
      ended.then(([code]) => {
        throw new Error(`${job.contender} ended with exit code ${String(code)}`)
      }),
    ])) as [Told]
    return message
  }
  await told()
  return {
    pid: child.pid,
    stop: async () => {
      const answer = told()
      child.send('stop')
      const message = await answer
      await ended
      if (message.type !== 'stopped') throw new Error(`${job.contender} told ${message.type}`)
      const { cpuSeconds, startUpCpuSeconds, maxRssMiB } = message
      return { cpuSeconds, startUpCpuSeconds, maxRssMiB: Math.round(maxRssMiB) }
    },
  }
}
