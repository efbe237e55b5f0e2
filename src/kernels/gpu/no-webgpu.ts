/** For `webgpu`, which only Node needs, where a bundler builds for browsers: see package.json. */
export {};
