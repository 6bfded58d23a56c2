/** What the compiler makes of the flights example: which fields it reads, and that no lambda is called. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { millrace } from '../cli/support/millrace.js'

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url))
const code = readFileSync(path('generated/flights/flights.js'), 'utf8')

/** The body of the task: from its class to the end of it. */
const task = code.slice(code.indexOf('var Task0 = class'), code.indexOf('\n};\n', code.indexOf('var Task0 = class')))

describe('generated/flights', () => {
  it('reads the fields in use; explain says which, and how each lambda was compiled', async () => {
    const { code: exit, stdout } = await millrace(['explain', 'flights'], { cwd: path('examples/flights') })
    expect(exit).toBe(0)
    const section = (title: string, next: string) => stdout.slice(stdout.indexOf(title), stdout.indexOf(next))
    const golden = section('What is read', 'Topology') + section('Lambdas', 'Generated code')
    await expect(golden).toMatchFileSnapshot('flights.golden.txt')
    expect(golden).not.toContain('reportedBy')
    expect(golden).not.toContain('called')
  })

  it('has no place for the field that nobody reads', () => {
    const readers = code.slice(code.indexOf('OriginSymbols$'), code.indexOf(task)) + task
    expect(readers).not.toMatch(/reporte[rd]/i)
    expect(readers).toContain('carrierStart$')
  })

  it('has no function and no closure within the task: it calls the runtime, methods and what is built in', () => {
    expect(task.length).toBeGreaterThan(20_000)
    const body = task.slice(task.indexOf('process0('))
    expect(body).not.toMatch(/=>|\bfunction\b|\.apply\(|\.call\(|\bawait\b|\byield\b/)
    const imported = /import \{ ([^}]+) \} from "millrace\/runtime"/.exec(code)?.[1]?.split(', ') ?? []
    expect(imported).toContain('TaskBase')
    const called = new Set([...body.matchAll(/(?<![.\w$])([\w$]+)\(/g)].map(([, name]) => name))
    for (const keyword of ['if', 'while', 'for', 'switch', 'catch', 'process0']) called.delete(keyword)
    for (const builtIn of ['Error', 'Date', 'Math', 'Number', 'String']) called.delete(builtIn)
    expect([...called].filter((name) => !imported.includes(name ?? ''))).toEqual([])
  })

  it('makes no object for a record of the stream', () => {
    const body = task.slice(task.indexOf('records: while'))
    // Errors, dates for the rules of daylight saving time, and nothing else.
    const made = new Set([...body.matchAll(/\bnew (\w+)/g)].map(([, name]) => name))
    expect([...made].filter((name) => name !== 'Error' && name !== 'Date')).toEqual([])
    expect(body).not.toMatch(/= \{ \w+:/)
  })
})
