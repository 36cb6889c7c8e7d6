package io.talospxe;

import io.talospxe.net.Link.LinkException;
import io.talospxe.settings.Nearest;
import io.talospxe.settings.Settings;
import io.talospxe.settings.Settings.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: reads the flags, joins the settings, makes the plan and hands over to {@link Server}. */
@Command(name = "talos-pxe", mixinStandardHelpOptions = true, versionProvider = TalosPxe.Version.class, sortOptions = false,
    description = "Boots machines into Talos Linux over the network, as its DHCP server or beside another one.",
    footer = {"",
        "Each flag is also a setting: --http-port is pxe.http.port in application.properties and PXE_HTTP_PORT in the environment.",
        "talos-pxe demo   boots a virtual machine through the server: no second machine is needed",
        "talos-pxe test   installs what the tests need and runs them; --quick leaves real firmware out"})
public final class TalosPxe implements Callable<Integer> {

    private static final String SETTINGS_FILE = "application.properties";
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    @Option(names = "--root", paramLabel = "DIR",
        description = "Folder with assets/ and routes/; what is not there is taken from the program's own.")
    private Path root;

    @Option(names = "--if", paramLabel = "NAME", description = "Network interface (the only one with a link).")
    private String device;

    @Option(names = "--addr", paramLabel = "CIDR", description = "Our address as a server (192.168.123.1/24); set on the interface if it lacks it.")
    private String address;

    @Option(names = "--gw", paramLabel = "IP", description = "Router that clients are told (ourselves).")
    private String gateway;

    @Option(names = "--dns", paramLabel = "IP,…", description = "Name servers that we ask (those of our lease, else this host's own).")
    private String dns;

    @Option(names = "--skip-ifup", description = "Leave the interface as it is; without --role this means proxy, as it always has.")
    private boolean skipIfup;

    @Option(names = "--controlplane", paramLabel = "NAME", description = "Name of the control plane's endpoint (controlplane.talos.).")
    private String controlplane;

    @Option(names = "--role", paramLabel = "ROLE", description = "auto (proxy if a DHCP server answers, else server), server (leases addresses) or proxy (beside another DHCP server).")
    private String role;

    @Option(names = "--http-port", paramLabel = "PORT", description = "Port of scripts, assets and configurations (8080).")
    private String httpPort;

    @Option(names = "--check", description = "Load settings and routes, print the plan, and end with 0 if it would work, else 1.")
    private boolean check;

    private TalosPxe() {
    }

    /** Runs until stopped. Exit codes: 0 stopped or check passed, 1 could not start, 2 wrong flags. */
    public static void main(String[] arguments) {
        CommandLine commandLine = new CommandLine(new TalosPxe()).setParameterExceptionHandler(TalosPxe::wrongUsage);
        System.exit(commandLine.execute(arguments));
    }

    /** Called by picocli with the flags set. */
    @Override
    public Integer call() {
        Path home = Path.of(System.getProperty("pxe.home", ".")).toAbsolutePath().normalize();
        Path folder = root().map(path -> path.toAbsolutePath().normalize()).orElse(home);
        try {
            if (!Files.isDirectory(folder)) {
                throw new SettingsException("There is no folder " + folder + ": create it, or name another with --root.");
            }
            Settings settings = Settings.join(defaults(), file(folder), folder.resolve(SETTINGS_FILE).toString(), System.getenv(), flags());
            Plan plan = Plan.of(settings, home, folder);
            Server server = new Server(settings, plan);
            return check ? server.check() : server.run();
        } catch (SettingsException | LinkException | StartException sentence) {
            System.err.println(sentence.getMessage());
            return FAILED;
        }
    }

    /** The defaults, which also say which settings there are. */
    static Properties defaults() {
        Properties defaults = new Properties();
        try (InputStream stream = TalosPxe.class.getResourceAsStream("/" + SETTINGS_FILE)) {
            defaults.load(stream);
        } catch (IOException broken) {
            throw new IllegalStateException("the program's own " + SETTINGS_FILE + " cannot be read", broken);
        }
        return defaults;
    }

    /** The flag, else the environment: a file cannot say where it stands itself. */
    private Optional<Path> root() {
        return Optional.ofNullable(root)
            .or(() -> Optional.ofNullable(System.getenv("PXE_ROOT")).filter(path -> !path.isBlank()).map(Path::of));
    }

    private static Properties file(Path folder) throws SettingsException {
        Properties file = new Properties();
        Path path = folder.resolve(SETTINGS_FILE);
        if (Files.exists(path)) {
            try (Reader reader = Files.newBufferedReader(path)) {
                file.load(reader);
            } catch (IOException | IllegalArgumentException unreadable) {
                throw new SettingsException(path + " cannot be read: " + unreadable.getMessage() + ".");
            }
        }
        if (file.containsKey("pxe.root")) {
            throw new SettingsException("pxe.root in " + path + " comes too late: use --root or PXE_ROOT.");
        }
        return file;
    }

    private Map<String, String> flags() {
        Map<String, String> flags = new HashMap<>();
        flags.put("pxe.interface", device);
        flags.put("pxe.address", address);
        flags.put("pxe.gateway", gateway);
        flags.put("pxe.dns", dns);
        flags.put("pxe.skip-ifup", skipIfup ? "true" : null);
        flags.put("pxe.controlplane", controlplane);
        flags.put("pxe.role", role);
        flags.put("pxe.http.port", httpPort);
        flags.values().removeIf(value -> value == null);
        return flags;
    }

    private static int wrongUsage(ParameterException mistake, String[] arguments) {
        List<String> unknown = mistake instanceof UnmatchedArgumentException unmatched ? unmatched.getUnmatched() : List.of();
        System.err.println(unknown.isEmpty() ? mistake.getMessage() : "There is no flag '" + unknown.get(0) + "'; did you mean '"
            + Nearest.of(unknown.get(0), mistake.getCommandLine().getCommandSpec().optionsMap().keySet()) + "'? --help lists them all.");
        return WRONG_USAGE;
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = TalosPxe.class.getPackage().getImplementationVersion();
            return new String[] {"talos-pxe " + (version == null ? "(not packaged)" : version)};
        }
    }
}
