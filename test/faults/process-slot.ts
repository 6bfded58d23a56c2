/** One of the processes of a run: started with a plan, harmed, ended, and started again by whoever asks. */
import { spawn } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BaselineOptions } from './child/baseline-options.js'
import { SABOTAGED, type Sabotage } from './child/sabotage.js'
import type { Guarantee } from './history.js'
import type { Plan } from './plans.js'
import { GROUP, TOPICS, type Contender, type Workload } from './workload.js'

const RUNNING = '"msg":"running"'
const SESSION_MS = 1500
/** Until a process runs, and from then until what was drawn is done to it: it may have to wait for others. */
const PATIENCE_MS = 15_000
const TIMES = { sessionTimeout: SESSION_MS, heartbeatInterval: 150, transactionTimeout: 3000, requestTimeout: 3000 }
/** For a clean end. */
const END_MS = 15_000

export interface SlotOptions {
  readonly name: string
  readonly workload: Workload
  readonly brokers: string
  readonly guarantee: Guarantee
  readonly contender: Contender
  /** With it, it is a static member, and a restart within the session moves nothing. */
  readonly groupInstanceId: string | undefined
}

export interface Life {
  /** Exit code or signal. */
  readonly ended: Promise<number | string>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly said: () => string
  /** Whether it says so before the time is over, or the process. */
  readonly says: (text: string, ms: number) => Promise<boolean>
}

/** What became of a plan. */
export interface Lived {
  /** In words. */
  readonly what: string
  /** What was to be done at a step, if anything, and whether the step came. */
  readonly drawn?: string
  readonly isHit?: boolean
  /** From SIGTERM to a clean end. */
  readonly endMs?: number
}

export class ProcessSlot {
  /** Lives whose end nobody expected, with what they said. */
  readonly surprises: string[] = []
  readonly #options: SlotOptions

  constructor(options: SlotOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  /** One life after the plan. */
  async live(plan: Plan): Promise<Lived> {
    const { name } = this
    if (plan.withoutState) await rm(this.#stateDirectory, { recursive: true, force: true })
    await rm(this.#armed, { force: true })
    const life = this.start(plan)
    const { sabotage } = plan
    const happened = await this.#beginning(life, plan)
    const what = happened ? plan.what : `${plan.what} was to come`
    if (sabotage?.act === 'stop' && happened) {
      await sleep(SESSION_MS * 2)
      life.kill('SIGCONT')
    }
    if (!(sabotage?.act === 'kill' && happened)) await Promise.race([sleep(plan.after), life.ended])
    life.kill(plan.end)
    const asked = performance.now()
    const end = await Promise.race([life.ended, sleep(END_MS, 'too late', { ref: false })])
    if (end === 'too late') {
      this.surprises.push(`${name} did not end within ${END_MS} ms of ${plan.end}:\n${life.said().slice(-3000)}`)
      life.kill('SIGKILL')
      await life.ended
    } else if (end !== 0 && end !== 'SIGKILL' && !(end === 'SIGTERM' && life.said() === '')) {
      this.surprises.push(`${name} (${what}) ended with ${end}:\n${life.said().slice(-3000)}`)
    }
    const rest = plan.withoutState ? ', without its state' : ''
    const disk = plan.diskFullAfter === undefined ? '' : ', its disk is full'
    return {
      what: `${what}, then ${String(end)}${rest}${disk}`,
      ...(end === 0 ? { endMs: Math.round(performance.now() - asked) } : {}),
      ...(sabotage === undefined ? {} : { drawn: plan.what, isHit: happened }),
    }
  }

  /** Whether what was drawn has been done to it or, if that is nothing, whether it runs. */
  async #beginning(life: Life, { sabotage, whenRunning }: Plan): Promise<boolean> {
    if (sabotage === undefined) return life.says(RUNNING, PATIENCE_MS)
    if (whenRunning) {
      await life.says(RUNNING, PATIENCE_MS)
      await writeFile(this.#armed, '')
    }
    return life.says(`${SABOTAGED} ${sabotage.act}`, PATIENCE_MS)
  }

  /** The life after all harm; one that ends by itself is a surprise, and started again. */
  startAndKeep(): { readonly end: (patienceMs: number) => Promise<void> } {
    let life = this.start()
    let isAsked = false
    const watch = async (): Promise<void> => {
      for (;;) {
        const end = await life.ended
        if (end !== 0 || !isAsked)
          this.surprises.push(`at last: ${this.name} ended with ${end}:\n${life.said().slice(-3000)}`)
        if (isAsked) return
        life = this.start()
      }
    }
    const watched = watch()
    return {
      end: async (patienceMs) => {
        // Before that, signals do not drain.
        await life.says(RUNNING, patienceMs)
        isAsked = true
        life.kill('SIGTERM')
        const last = life
        if ((await Promise.race([watched, sleep(patienceMs, 'too late', { ref: false })])) !== 'too late') return
        last.kill('SIGKILL')
        await watched
      },
    }
  }

  start(plan?: Plan): Life {
    const { workload, brokers, contender } = this.#options
    const options = contender === 'millrace' ? this.#millraceOptions : this.#baselineOptions
    const disk = plan?.diskFullAfter
    const child = spawn(process.execPath, ['--import', workload.saboteur, workload.programs[contender]], {
      cwd: workload.directory,
      env: {
        ...process.env,
        MILLRACE_BROKERS: brokers,
        APP_OPTIONS: JSON.stringify(options),
        ...(plan?.sabotage === undefined ? {} : { SABOTAGE: JSON.stringify(this.#sabotageOf(plan)) }),
        ...(disk === undefined
          ? {}
          : { SABOTAGE_DISK: JSON.stringify({ directory: this.#stateDirectory, after: disk }) }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    const listeners = new Set<() => void>()
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        for (const listener of listeners) listener()
      })
    }
    const ended = new Promise<number | string>((resolve) => {
      child.once('close', (code, signal) => {
        resolve(code ?? signal ?? 'unknown')
      })
    })
    return {
      ended,
      kill: (signal) => {
        child.kill(signal)
      },
      said: () => text,
      says: async (wanted, ms) => {
        const heard = new Promise<boolean>((resolve) => {
          const listen = (): void => {
            if (text.includes(wanted)) resolve(true)
          }
          listeners.add(listen)
          listen()
        })
        const over = new AbortController()
        const silence = sleep(ms, false, { signal: over.signal }).catch(() => false)
        try {
          return await Promise.race([heard, silence, ended.then(() => text.includes(wanted))])
        } finally {
          over.abort()
        }
      },
    }
  }

  get #millraceOptions(): object {
    const { guarantee, groupInstanceId } = this.#options
    return {
      guarantee,
      ...(groupInstanceId === undefined ? {} : { groupInstanceId }),
      ...TIMES,
      commitInterval: guarantee === 'exactly_once' ? 50 : 200,
      startTimeout: 60_000,
      repartitionPurgeInterval: 1000,
      state: { directory: this.#stateDirectory, snapshotInterval: 300 },
    }
  }

  get #baselineOptions(): BaselineOptions {
    const { brokers, guarantee, name } = this.#options
    const { input, output } = TOPICS
    return { brokers, groupId: GROUP, input, output, guarantee, transactionalId: `faults-${name}`, ...TIMES }
  }

  #sabotageOf({ sabotage, whenRunning }: Plan): Partial<Sabotage> {
    return { ...sabotage, armedBy: whenRunning ? this.#armed : undefined }
  }

  get #armed(): string {
    return join(this.#options.workload.directory, `armed-${this.#options.name}`)
  }

  get #stateDirectory(): string {
    return join(this.#options.workload.directory, `state-${this.#options.name}`)
  }
}
