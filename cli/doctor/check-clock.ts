/** The clock of this machine beside that of the registry: windows and retention go by time stamps. */
import { get } from 'node:http'
import { get as getSecure } from 'node:https'
import { failed, ok, warning, type Finding } from './finding.js'

/** A Date header has whole seconds, and the way takes its time. */
const tolerableMs = 2000
const harmfulMs = 30_000

/** Kafka has no request that tells a broker's time without writing a record, so that the registry stands for all. */
export async function checkClock(url: string, ca: string | undefined): Promise<readonly Finding[]> {
  const before = Date.now()
  const theirs = await dateOf(url, ca)
  // Who does not answer is told of elsewhere.
  return theirs === undefined ? [] : [clockFinding((before + Date.now()) / 2, theirs)]
}

export function clockFinding(oursMs: number, theirsMs: number): Finding {
  // The header leaves out half a second on average.
  const skew = oursMs - (theirsMs + 500)
  if (Math.abs(skew) <= tolerableMs) return ok('clock', 'this machine and the registry agree about the time')
  const text = `the clock of this machine is ${(Math.abs(skew) / 1000).toFixed(1)} s ${skew > 0 ? 'ahead of' : 'behind'} the registry's`
  const fix = 'synchronise both with NTP (timedatectl, chronyc tracking)'
  return Math.abs(skew) > harmfulMs ? failed('clock', text, fix) : warning('clock', text, fix)
}

function dateOf(url: string, ca: string | undefined): Promise<number | undefined> {
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? getSecure : get
    const options = { timeout: 5000, agent: false, ...(ca === undefined ? {} : { ca }) } as const
    const request = send(url, options, (response) => {
      response.resume()
      const time = Date.parse(response.headers.date ?? '')
      resolve(Number.isNaN(time) ? undefined : time)
    })
    request.on('timeout', () => {
      request.destroy(new Error('no answer'))
    })
    request.on('error', () => {
      resolve(undefined)
    })
  })
}
