import { defineConfig } from 'millrace/config'

/** Everything that is made here stays out of the repository: schemas come from a registry that the benchmark starts. */
export default defineConfig({
  pipelines: ['pipelines/web-orders.ts'],
  generated: '.millrace/generated',
  lock: '.millrace/schemas.lock.json',
  registry: { url: process.env['MILLRACE_REGISTRY_URL'] },
})
