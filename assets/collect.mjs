// Puts the fonts into fonts/ and the licence texts into licences/, where Go
// embeds them. Both folders are ignored by git; the program builds and runs
// without them, with the fonts of its toolkit.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const npm = (...path) => join(here, "node_modules", "@expo-google-fonts", ...path);
const go = (...args) => execFileSync("go", args, { cwd: dirname(here), encoding: "utf8", maxBuffer: 1 << 26 });

// JetBrains Mono comes from a Go module, since only that has the cut without
// ligatures: in a manifest "<!--" has to stay four characters.
const mono = JSON.parse(go("mod", "download", "-json", "github.com/charmbracelet/freeze@v0.2.2")).Dir;

const fonts = {
  "Inter-Regular.ttf": npm("inter", "400Regular", "Inter_400Regular.ttf"),
  "Inter-SemiBold.ttf": npm("inter", "600SemiBold", "Inter_600SemiBold.ttf"),
  "JetBrainsMonoNL-Regular.ttf": join(mono, "font", "JetBrainsMonoNL-Regular.ttf"),
};

const licences = {
  "Inter": npm("inter", "LICENSE_FONT"),
  "JetBrains Mono": npm("jetbrains-mono", "LICENSE_FONT"),
};

// Every Go module that the window is linked from.
const template = "{{with .Module}}{{.Path}} {{.Version}} {{.Dir}}{{end}}";
for (const line of new Set(go("list", "-deps", "-tags", "x11,migrated_fynedo", "-f", template, "./...").split("\n"))) {
  const [path, version, dir] = line.split(" ");
  if (!dir || !version) continue; // the standard library, and this module
  const file = readdirSync(dir).find((name) => /^(licen[cs]e|copying)/i.test(name));
  if (file) licences[`${path} ${version}`] = join(dir, file);
}
licences["Go"] = join(go("env", "GOROOT").trim(), "LICENSE");

const fill = (folder, write) => {
  const dir = join(here, folder);
  mkdirSync(dir, { recursive: true });
  for (const name of readdirSync(dir)) if (name !== ".gitkeep") rmSync(join(dir, name));
  write(dir);
};
fill("fonts", (dir) => {
  for (const [name, from] of Object.entries(fonts)) copyFileSync(from, join(dir, name));
});
fill("licences", (dir) => {
  for (const [name, from] of Object.entries(licences)) {
    if (existsSync(from)) writeFileSync(join(dir, name.replaceAll("/", "!") + ".txt"), readFileSync(from));
  }
});
