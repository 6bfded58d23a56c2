import type { TestProject } from 'vitest/node'
import {
  environmentFromVariables,
  startRealEnvironment,
  type RealEnvironment,
} from '../../../scripts/real-kafka/environment.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Absent in the lane that needs Node alone. */
    readonly realEnvironment?: RealEnvironment
  }
}

/** Starts the environment of the run, unless `npm run kafka:up` has one running and its variables are set here. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = environmentFromVariables(process.env)
  // For the command line in that shell: tests say themselves where to connect.
  delete process.env['MILLRACE_BROKERS']
  delete process.env['MILLRACE_REGISTRY_URL']
  if (given !== undefined) {
    project.provide('realEnvironment', given)
    return () => Promise.resolve()
  }
  const { stop, ...environment } = await startRealEnvironment((line) => console.log(line))
  project.provide('realEnvironment', environment)
  return stop
}
