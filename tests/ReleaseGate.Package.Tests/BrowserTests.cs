using System.Text.Json;

// Not below the namespace of the other tests: these need none of our own packages, so none is packed for them.
namespace ReleaseGate.RealPackages.Tests;

/// <summary>The HTML report in a real browser: Chromium, driven by playwright-core from npm.</summary>
public sealed class BrowserTests
{
    private const string Playwright = "playwright-core@1.65.1";

    /// <summary>What each script begins with: it opens pages of the folder it runs in, and prints one JSON object.</summary>
    private const string Head = """
        const { chromium } = require('playwright-core');
        const url = require('url'), path = require('path');
        const said = [];
        async function open(context, name, hash = '') {
          const page = await context.newPage();
          page.on('console', message => said.push(message.type() + ': ' + message.text()));
          page.on('pageerror', error => said.push('error: ' + error.message));
          page.on('dialog', dialog => { said.push('dialog: ' + dialog.message()); dialog.dismiss(); });
          page.on('request', request => { if (!request.url().startsWith('file:')) said.push('request: ' + request.url()); });
          await page.goto(url.pathToFileURL(path.resolve(name)).href + hash);
          return page;
        }
        async function run(work, options) {
          const context = await chromium.launchPersistentContext(path.resolve('profile'), {
            executablePath: process.argv[2], headless: true, viewport: { width: 1280, height: 900 }, ...options,
            args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
          try { console.log(JSON.stringify({ ...await work(context), said })); } finally { await context.close(); }
        }
        process.on('unhandledRejection', error => { console.error(error); process.exit(1); });

        """;

    private string _folder = "";

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("releasegate-html-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void People_look_into_it_by_mouse_by_keyboard_and_on_paper()
    {
        var samples = new HtmlSamples(_folder);
        samples.Write("leaky", samples.Leaky(0.01));

        var result = Run("""
            run(async context => {
              const page = await open(context, 'leaky.html');
              const crumbs = () => page.locator('.crumbs').innerText();
              const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'));
              const result = { word: await page.locator('h1').innerText(), root: await crumbs(), csp: 0 };
              await page.evaluate(() => { window.refused = 0; document.addEventListener('securitypolicyviolation', () => window.refused++); });
              await page.locator('.treemap > button', { hasText: 'vendor/' }).click();
              result.clicked = await crumbs();
              result.first = await focused();
              await page.keyboard.press('Escape');
              result.up = await crumbs();
              result.back = await focused();
              await page.keyboard.press('Home');
              result.home = await focused();
              const seen = new Set([result.home]);
              for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp']) { await page.keyboard.press(key); seen.add(await focused()); }
              result.walked = seen.size;
              while (!(await focused()).startsWith('vendor/')) await page.keyboard.press((await focused()).startsWith('cli.js.map') ? 'ArrowRight' : 'ArrowLeft');
              await page.keyboard.press('Enter');
              result.entered = await crumbs();
              result.outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
              result.tabbable = await page.locator('.treemap > button[tabindex="0"]').count();
              await page.locator('.crumbs button').first().click();
              result.crumbed = await crumbs();

              const shown = () => page.locator('.findings .causes > li:visible').count();
              result.all = await shown();
              await page.locator('.findings .text').fill('CLI.JS.MAP');
              result.filtered = await shown();
              result.status = await page.locator('.findings .status').innerText();
              const headings = () => page.locator('.findings h4:visible').count();
              result.headings = await headings();
              await page.emulateMedia({ media: 'print' });
              result.paper = await page.locator('.findings .status:visible').count();
              await page.emulateMedia({ media: null });
              await page.locator('.findings .text').fill('');
              result.headings += ' ' + await headings();
              const unfolded = () => page.locator('.group').evaluateAll(groups => groups.filter(g => g.open).length);
              await page.locator('.group > summary').first().click();
              result.folded = await unfolded();
              await page.locator('.findings .text').fill('.env');
              await page.locator('.findings .text').fill('');
              result.folded += ' ' + await unfolded();
              await page.locator('.group > summary').first().click();
              await page.locator('.findings .text').fill('no such thing');
              result.none = await page.locator('.findings .status').innerText();
              await page.locator('.findings .text').fill('');
              await page.locator('.findings .severity').selectOption('waived');
              result.waived = await shown();
              await page.locator('.findings .severity').selectOption('');
              await page.locator('.findings .rule').selectOption('RG1001');
              result.rule = await shown();
              // The page is told of a new anchor after it was clicked, so what follows from that is waited for.
              const reached = () => page.waitForFunction(() => {
                const found = document.querySelector('.causes > li:target');
                const box = found && found.checkVisibility() && found.getBoundingClientRect();
                return box && box.top >= 0 && box.top < innerHeight;
              }, null, { timeout: 10000 }).then(() => 'in sight', () => 'out of sight');
              await page.locator('.entries tbody a', { hasText: 'Waived' }).first().click();
              result.revealed = await reached();
              result.unfiltered = await shown();
              await page.locator('.findings .text').fill('no such thing');
              await page.locator('.entries tbody a', { hasText: 'Waived' }).first().click();
              result.again = await reached();
              await page.locator('.findings .text').fill('no such thing');
              await page.locator('.treemap > button', { hasText: 'cli.js.map' }).click();
              result.tile = await reached();
              await page.locator('.findings .text').fill('no such thing');
              await page.locator('.treemap > button', { hasText: 'cli.js.map' }).click();
              result.tiled = await reached();
              await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
              await page.locator('.treemap > button', { hasText: 'cli.js.map' }).press('Enter');
              result.pressed = await reached();
              result.told = await page.evaluate(() => document.activeElement === document.querySelector('.causes > li:target'));
              result.wide = await page.locator('#waivers .scroll').evaluate(s => s.scrollWidth - s.clientWidth);

              await page.locator('.entries .text').fill('vendor');
              await page.waitForFunction(() => document.querySelector('.entries .status').textContent.includes(' of '));
              result.entries = await page.locator('.entries .status').innerText();
              result.rows = await page.locator('.entries tbody tr').count();
              await page.locator('.entries .text').fill('');
              await page.locator('.entries .sort', { hasText: 'Entry' }).click();
              result.sorted = await page.locator('.entries tbody .path').first().innerText();
              await page.locator('.entries .severity').selectOption('4');
              result.blocking = await page.locator('.entries .status').innerText();

              const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
              await page.emulateMedia({ colorScheme: 'light' });
              result.light = await colour();
              await page.emulateMedia({ colorScheme: 'dark' });
              result.dark = await colour();
              await page.locator('#theme').click();
              result.toggled = await colour();
              result.pdf = (await page.pdf({ format: 'A4' })).length;
              await page.setViewportSize({ width: 360, height: 700 });
              result.overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
              await page.emulateMedia({ media: 'print' });
              result.controls = await page.locator('.controls label:visible, button.quiet:visible, .crumbs:visible').count();
              result.refused = await page.evaluate(() => window.refused);
              return result;
            });
            """);

        Assert.That(Strings(result, "said"), Is.Empty);
        string Said(string key) => result.GetProperty(key).ToString();
        Assert.That(Said("word"), Is.EqualTo("Blocked"));
        Assert.That((Said("root"), Said("up"), Said("crumbed")), Is.EqualTo(("acme-agent-2.1.88.tgz", "acme-agent-2.1.88.tgz", "acme-agent-2.1.88.tgz")));
        Assert.That((Said("clicked"), Said("entered")), Is.EqualTo((Said("clicked"), Said("clicked"))));
        Assert.That(Said("clicked"), Does.StartWith("acme-agent-2.1.88.tgz").And.EndsWith("vendor/"));
        Assert.That(Said("first"), Does.StartWith("vendor/ripgrep/").And.Contain("% of the package").And.Contain("Opens the folder."));
        Assert.That(Said("back"), Does.StartWith("vendor/: "));
        Assert.That(Said("home"), Does.StartWith("cli.js.map: ").And.Contain("blocks").And.Contain("Leads to its findings."));
        Assert.That(result.GetProperty("walked").GetInt32(), Is.GreaterThanOrEqualTo(3));
        Assert.That((Said("tabbable"), Said("outline")), Is.EqualTo(("1", "solid")));
        Assert.That((Said("all"), Said("filtered"), Said("status"), Said("none"), Said("waived"), Said("rule")), Is.EqualTo(("4", "1", "1 of 4 places shown", "None of 4 places fits", "2", "2")));
        Assert.That((Said("headings"), Said("paper"), Said("folded")), Is.EqualTo(("0 1", "1", "3 3")), "no heading of nothing; paper says that it is filtered; what was folded by hand stays folded");
        Assert.That((Said("revealed"), Said("unfiltered")), Is.EqualTo(("in sight", "4")));
        Assert.That((Said("again"), Said("tile"), Said("tiled"), Said("pressed")), Is.EqualTo(("in sight", "in sight", "in sight", "in sight")), "what was filtered out, by a link and by a tile, also a second time");
        Assert.That((Said("told"), Said("wide")), Is.EqualTo(("True", "0")), "who goes there by keyboard goes on from there; the days that are left are not cut off");
        Assert.That((Said("entries"), Said("rows"), Said("sorted"), Said("blocking")), Is.EqualTo(("8 of 20 entries", "8", ".env.local", "2 of 20 entries")));
        Assert.That(Said("dark"), Is.Not.EqualTo(Said("light")));
        Assert.That(Said("toggled"), Is.EqualTo(Said("light")));
        Assert.That(result.GetProperty("pdf").GetInt32(), Is.GreaterThan(20_000));
        Assert.That((Said("overflow"), Said("controls"), Said("refused")), Is.EqualTo(("0", "0", "0")));
    }

    [Test]
    public void Of_several_artifacts_every_link_leads_to_its_place()
    {
        var samples = new HtmlSamples(_folder);
        samples.Write("several", samples.Several(5));

        var result = Run("""
            run(async context => {
              // What is near is made ready while somebody comes there, so it is waited for: until then nothing may have been moved away.
              const reached = (page, id) => page.waitForFunction(id => {
                const top = document.getElementById(id).getBoundingClientRect().top;
                const rests = top === window.before;
                window.before = top;
                const article = document.getElementById(id).closest('article');
                return article.querySelector('.treemap.drawn') && article.querySelector('.entries .controls').checkVisibility() && rests && top > 40 && top < 120;
              }, id, { timeout: 10000 }).then(() => 'there', () => 'elsewhere');
              const direct = await open(context, 'several.html', '#f5');
              const result = { direct: await reached(direct, 'f5') };
              const page = await open(context, 'several.html');
              await page.locator('.top nav a').nth(4).click();
              result.linked = await reached(page, 'a5');
              await page.locator('#a5 .within a', { hasText: 'Entries' }).click();
              result.within = await reached(page, 'a5-entries');
              await page.locator('#artifacts a').nth(1).click();
              result.up = await reached(page, 'a2');
              await page.goBack();
              result.back = await reached(page, 'a5-entries');
              return result;
            });
            """);

        Assert.That(Strings(result, "said"), Is.Empty);
        foreach (var way in (string[])["direct", "linked", "within", "up", "back"]) Assert.That(result.GetProperty(way).GetString(), Is.EqualTo("there"), way);
    }

    [Test]
    public void Names_from_packages_run_nothing_and_are_shown_as_text()
    {
        var samples = new HtmlSamples(_folder);
        samples.Write("hostile", samples.Hostile());

        var result = Run("""
            run(async context => {
              const page = await open(context, 'hostile.html');
              const result = { title: await page.title(), images: await page.locator('img').count(), scripts: await page.locator('script').count() };
              result.paths = await page.locator('.entries tbody th .path').allTextContents();
              result.tiles = await page.locator('.treemap button').evaluateAll(tiles => tiles.map(t => t.title).join('\n'));
              result.turned = await page.locator('.entries tbody .path').evaluateAll(paths => {
                const path = paths.find(p => p.textContent.endsWith('/123.js')), name = document.createRange();
                name.selectNodeContents(path.lastChild);
                return name.getBoundingClientRect().left < path.firstChild.getBoundingClientRect().right - 1;
              });
              result.unreachable = await page.locator('.path.long:not([tabindex="0"])').count();
              await page.setViewportSize({ width: 320, height: 600 });
              result.overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
              await page.emulateMedia({ media: 'print' });
              result.cut = await page.locator('.path.long').evaluateAll(paths => paths.filter(p => p.scrollHeight > p.clientHeight + 1).length);
              await page.emulateMedia({ media: null });
              await page.setViewportSize({ width: 1280, height: 900 });
              await page.locator('.treemap > button').first().click();
              await page.locator('.findings .text').fill('<script>');
              result.found = await page.locator('.causes > li:visible .path').allTextContents();
              result.handlers = await page.evaluate(() => [...document.querySelectorAll('*')].filter(e => e.getAttributeNames().some(a => a.startsWith('on'))).length);
              result.links = await page.evaluate(() => [...document.links].map(a => a.protocol).filter(p => p !== 'https:' && p !== 'file:'));
              result.inline = await page.evaluate(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); return window.ran === undefined; });
              return result;
            });
            """);

        // The last script is ours, put there to see that it is refused.
        Assert.That(Strings(result, "said"), Has.Exactly(1).Items.And.All.Contain("Content Security Policy"));
        Assert.That(result.GetProperty("inline").GetBoolean(), Is.True);
        Assert.That(result.GetProperty("title").GetString(), Is.EqualTo("Blocked: hostile 1.0.0 – ReleaseGate"));
        Assert.That((result.GetProperty("images").GetInt32(), result.GetProperty("scripts").GetInt32(), result.GetProperty("handlers").GetInt32()), Is.EqualTo((0, 2, 0)));
        Assert.That(Strings(result, "links"), Is.Empty);
        Assert.That(result.GetProperty("turned").GetBoolean(), Is.False, "a name stands behind its folder, whatever direction that is written in");
        Assert.That((result.GetProperty("unreachable").GetInt32(), result.GetProperty("overflow").GetInt32(), result.GetProperty("cut").GetInt32()), Is.EqualTo((0, 0, 0)));
        Assert.That(Strings(result, "paths"), Is.EquivalentTo(HtmlSamples.HostileNames.Append("package.json").Select(ReleaseGate.Artifacts.EntryPath.Printable)));
        Assert.That(Strings(result, "found"), Is.Not.Empty.And.All.Contain("<script>"));
    }

    [Test]
    public void Without_scripts_all_that_matters_is_there()
    {
        var samples = new HtmlSamples(_folder);
        samples.Write("leaky", samples.Leaky(0.01));

        var result = Run("""
            run(async context => {
              const page = await open(context, 'leaky.html');
              return {
                text: await page.evaluate(() => document.querySelector('main').innerText),
                controls: await page.locator('button:visible, input:visible, select:visible').count(),
                tiles: await page.locator('svg.map rect:visible').count(),
                rows: await page.locator('.entries tbody tr:visible').count(),
              };
            }, { javaScriptEnabled: false });
            """);

        Assert.That(Strings(result, "said"), Is.Empty);
        Assert.That(result.GetProperty("text").GetString(), Does.StartWith("Blocked").And.Contain("exposes 19 source files").And.Contain("Leave it out: switch source maps off").And.Contain("W-12").And.Contain("49 days left").And.Contain("What changed since 2.1.87").And.Contain("cli.js.map"));
        Assert.That(result.GetProperty("controls").GetInt32(), Is.Zero);
        Assert.That(result.GetProperty("tiles").GetInt32(), Is.GreaterThan(8));
        Assert.That(result.GetProperty("rows").GetInt32(), Is.EqualTo(20));
    }

    [Test]
    public void The_curve_of_losses_is_told_without_colour_in_every_width_and_on_paper()
    {
        var samples = new HtmlSamples(_folder);
        samples.Write("risky", samples.Risky());

        var result = Run("""
            run(async context => {
              const page = await open(context, 'risky.html');
              const section = page.locator('#exposure');
              const shown = async () => (await section.locator('svg.curve').evaluateAll(all => all.filter(s => s.checkVisibility()).map(s => s.getAttribute('class')))).join();
              const overflows = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
              const result = { tree: await section.ariaSnapshot(), wide: await shown(), over: await section.locator('svg.curve.wide text.over').innerHTML(), widths: [await overflows()], title: await page.title() };
              await page.setViewportSize({ width: 360, height: 800 });
              result.narrow = await shown();
              result.widths.push(await overflows());
              result.letters = await section.locator('svg.curve.narrow text').first().evaluate(t => t.getBoundingClientRect().height);
              await page.emulateMedia({ media: 'print' });
              result.paper = await shown();
              result.images = await page.locator('img').count();
              return result;
            });
            """);

        Assert.That(Strings(result, "said"), Is.Empty);
        var tree = result.GetProperty("tree").GetString()!;
        Assert.That(tree, Does.Contain("heading \"Exposure in money\"").And.Contain("Over tolerance").And.Contain("1 of 2 points of the tolerance are exceeded").And.Contain("1 year of 20").And.Contain("Subscriptions </text></svg><img src=x onerror=alert(1)>"));
        Assert.That(tree.Split("img \"How probable").Length - 1, Is.EqualTo(1), "one of the two drawings");
        Assert.That((result.GetProperty("wide").GetString(), result.GetProperty("narrow").GetString(), result.GetProperty("paper").GetString()), Is.EqualTo(("curve wide", "curve narrow", "curve wide")));
        Assert.That(result.GetProperty("over").GetString(), Does.StartWith("over: ").And.EndWith(", may be 0.01 %"));
        Assert.That(result.GetProperty("widths").EnumerateArray().Select(w => w.GetBoolean()), Is.EqualTo(new[] { false, false }));
        Assert.That(result.GetProperty("letters").GetDouble(), Is.GreaterThan(10), "letters that can be read on a telephone");
        Assert.That(result.GetProperty("images").GetInt32(), Is.Zero);
        Assert.That(result.GetProperty("title").GetString(), Does.Contain("ReleaseGate").And.Not.Contain("hacked"));
    }

    [Test]
    public void Twenty_thousand_entries_are_open_in_less_than_two_seconds()
    {
        var samples = new HtmlSamples(_folder);
        var file = samples.Write("large", samples.Large());
        Assert.That(new FileInfo(file).Length, Is.LessThan(4_000_000));

        // The first page of a browser waits for the browser; the second is what somebody with an open one sees.
        var result = Run("""
            run(async context => {
              const first = await open(context, 'large.html');
              const ready = page => page.evaluate(() => Number(document.documentElement.dataset.ready));
              const times = [await ready(first)];
              await first.close();
              for (let i = 0; i < 4; i++) {
                const page = await open(context, 'large.html');
                times.push(await ready(page));
                if (i < 3) { await page.close(); continue; }
                const status = await page.locator('.entries .status').innerText();
                const rows = await page.locator('.entries tbody tr').count();
                const before = await page.evaluate(() => performance.now());
                await page.locator('.entries .text').fill('lodash');
                await page.waitForFunction(() => document.querySelector('.entries .status').textContent.includes(' of '));
                const filtered = Math.round(await page.evaluate(() => performance.now()) - before);
                await page.locator('.entries .text').fill('');
                await page.waitForFunction(() => !document.querySelector('.entries .status').textContent.includes(' of '));
                await page.locator('.entries .more').click();
                const more = await page.locator('.entries tbody tr').count();
                await page.emulateMedia({ media: 'print' });
                const paper = await page.locator('.entries .status').evaluate(s => getComputedStyle(s, '::after').content);
                await page.emulateMedia({ media: null });
                await page.locator('.entries .text').fill('lodash');
                await page.waitForFunction(() => document.querySelector('.entries .status').textContent.includes(' of '));
                while (await page.locator('.entries .more').isVisible()) await page.locator('.entries .more').press('Enter');
                return { times, status, rows, more, filtered, paper, focused: await page.evaluate(() => document.activeElement.className) };
              }
            });
            """);

        Assert.That(Strings(result, "said"), Is.Empty);
        var times = result.GetProperty("times").EnumerateArray().Select(t => t.GetDouble()).ToArray();
        TestContext.Out.WriteLine($"20,000 entries, {new FileInfo(file).Length:N0} bytes: ready after {string.Join(", ", times)} ms; filtered in {result.GetProperty("filtered").GetDouble()} ms");
        // The issue's own words, the one limit on time that a test has. The best of five: what else the machine does is not the report's.
        Assert.That(times.Min(), Is.GreaterThan(0).And.LessThan(2_000));
        Assert.That(result.GetProperty("status").GetString(), Is.EqualTo("20,000 entries"));
        Assert.That((result.GetProperty("rows").GetInt32(), result.GetProperty("more").GetInt32()), Is.EqualTo((250, 1_250)));
        Assert.That((result.GetProperty("paper").GetString(), result.GetProperty("focused").GetString()), Is.EqualTo(("\"; the first 1,250 stand here\"", "scroll window")));
    }

    private static IEnumerable<string> Strings(JsonElement result, string key) => [.. result.GetProperty(key).EnumerateArray().Select(s => s.GetString()!)];

    private JsonElement Run(string script)
    {
        var browser = Browser() ?? Ignored();
        File.WriteAllText(Path.Combine(_folder, "package.json"), "{}");
        RealPackageTests.Node("npm", _folder, ["install", Playwright, "--ignore-scripts", "--no-audit", "--no-fund"]);
        File.WriteAllText(Path.Combine(_folder, "test.js"), Head + script);
        return JsonDocument.Parse(RealPackageTests.Node("node", _folder, ["test.js", browser])).RootElement;
    }

    private static string Ignored()
    {
        Assert.Ignore("no Chromium, Chrome or Edge is installed, and RELEASEGATE_TEST_BROWSER names none");
        return "";
    }

    /// <summary>A browser of the Chromium family: what RELEASEGATE_TEST_BROWSER names, else from the usual places.</summary>
    private static string? Browser()
    {
        if (Environment.GetEnvironmentVariable("RELEASEGATE_TEST_BROWSER") is { Length: > 0 } named) return File.Exists(named) ? named : throw new FileNotFoundException("RELEASEGATE_TEST_BROWSER names no file", named);
        var ending = OperatingSystem.IsWindows() ? ".exe" : "";
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(p => new[] { "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge" }.Select(n => Path.Combine(p, n + ending)));
        string[] usual = OperatingSystem.IsWindows()
            ? [.. new[] { Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86 }.SelectMany(f => new[] { Path.Combine("Google", "Chrome", "Application", "chrome.exe"), Path.Combine("Microsoft", "Edge", "Application", "msedge.exe") }.Select(p => Path.Combine(Environment.GetFolderPath(f), p)))]
            : ["/usr/bin/chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge", "/Applications/Chromium.app/Contents/MacOS/Chromium"];
        return usual.Concat(onPath).FirstOrDefault(File.Exists);
    }
}
