/** `npm run kafka:up`: a real broker and registry in the foreground, until Ctrl-C. */
import { environmentVariables, startRealEnvironment } from './environment.js'

const log = (line: string): void => console.error(line)

const { stop: stopEnvironment, ...environment } = await startRealEnvironment(log)
for (const [name, value] of Object.entries(environmentVariables(environment))) {
  console.log(`export ${name}='${value}'`)
}
log('Ctrl-C stops both. With the lines above in its environment, `npm run test:kafka` uses these.')

const stop = new Promise<void>((resolve) => {
  process.once('SIGINT', resolve)
  process.once('SIGTERM', resolve)
})
// Neither a pending promise nor a signal handler keeps Node running.
const keepAlive = setInterval(() => undefined, 60_000)
await stop
clearInterval(keepAlive)
await stopEnvironment()
