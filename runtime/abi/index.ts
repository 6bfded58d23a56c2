export * from './manifest.js'
export * from './task.js'
