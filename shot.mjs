import { chromium } from "playwright-core";
const [url, out, width = "680", scheme = "light", height = "500"] = process.argv.slice(2);
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-background-networking"] });
const p = await b.newPage({ viewport: { width: +width, height: +height }, colorScheme: scheme });
await p.goto(url); await p.screenshot({ path: out, fullPage: true }); await b.close();
