import { defineConfig } from 'millrace/config'

/** The benchmark copies this project to dist/ and starts the registry that it names. */
export default defineConfig({
  registry: { url: process.env['MILLRACE_REGISTRY_URL'] },
})
