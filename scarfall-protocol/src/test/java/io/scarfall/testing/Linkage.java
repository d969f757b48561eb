package io.scarfall.testing;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether compiled classes fit a version of a library that they were not compiled against. A JVM links each reference
 * only when the code first runs, so a test that starts a program sees few of them. This looks at all of them.
 */
public final class Linkage {

    private static final List<String> PACKAGES = List.of("io.netty.", "io.lettuce.", "com.fasterxml.jackson.");
    private static final String LIBRARIES =
            "(netty-(?!pkitesting)|lettuce-core|jackson-(core|databind|annotations)).*[.]jar";

    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int FIELD = 9;
    private static final int INTERFACE_METHOD = 11;

    private final ClassLoader loader;
    private final Set<String> missing = new TreeSet<>();

    private Linkage(ClassLoader loader) {
        this.loader = loader;
    }

    /**
     * The references to Netty, Lettuce and Jackson that would fail, each as {@code class of ours -> class of the library,
     * or its member}.
     *
     * @param type a class of the module
     * @param classPath of the module and the libraries
     */
    public static Set<String> missing(Class<?> type, String classPath) throws IOException, URISyntaxException {
        List<URL> urls = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        Path classes =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Linkage linkage = new Linkage(loader);
            if (Files.isDirectory(classes)) {
                linkage.checkAll(classes);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(classes)) {
                    linkage.checkAll(jar.getPath("/"));
                }
            }
            return linkage.missing;
        }
    }

    /** The class path of the tests with other jars of Netty, Lettuce and Jackson. */
    public static String classPath(List<Path> libraries) {
        Stream<String> others = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).getFileName().toString().matches(LIBRARIES));
        return Stream.concat(libraries.stream().map(Path::toString), others)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private void checkAll(Path root) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(file -> file.toString().endsWith(".class")
                            && !file.endsWith("module-info.class")
                            && !file.endsWith("package-info.class"))
                    .toList();
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException("no classes in " + root);
        }
        for (Path file : files) {
            String name = root.relativize(file).toString().replace('/', '.');
            check(name.substring(0, name.length() - ".class".length()), Constants.read(file));
        }
    }

    private void check(String from, Constants constants) {
        for (int i = 1; i < constants.size(); i++) {
            int tag = constants.tag(i);
            if (tag == CLASS) {
                find(from, constants.className(i));
            } else if (tag >= FIELD && tag <= INTERFACE_METHOD) {
                String owner = constants.className(constants.first(i));
                int nameAndType = constants.second(i);
                Class<?> type = find(from, owner);
                if (type != null) {
                    String member = constants.text(constants.first(nameAndType));
                    String descriptor = constants.text(constants.second(nameAndType));
                    if (!has(from, type, tag, member, descriptor)) {
                        missing.add(from + " -> " + owner + "." + member + descriptor);
                    }
                }
            }
        }
    }

    /** The class of a library, or null if it is another one or missing. */
    private Class<?> find(String from, String name) {
        if (PACKAGES.stream().noneMatch(name::startsWith)) {
            return null;
        }
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            missing.add(from + " -> " + name);
            return null;
        }
    }

    /** Whether a member can be linked as the JVM does it: from our class, and by its exact type. */
    private boolean has(String from, Class<?> type, int tag, String name, String descriptor) {
        if (tag != FIELD && type.isInterface() != (tag == INTERFACE_METHOD)) {
            return false;
        }
        try {
            Class<?> ours = Class.forName(from, false, loader);
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(ours, MethodHandles.lookup());
            if (tag == FIELD) {
                Class<?> field = MethodType.fromMethodDescriptorString("()" + descriptor, loader)
                        .returnType();
                return can(() -> lookup.findStaticGetter(type, name, field))
                        || can(() -> lookup.findGetter(type, name, field));
            }
            MethodType method = MethodType.fromMethodDescriptorString(descriptor, loader);
            return name.equals("<init>")
                    ? can(() -> type.getDeclaredConstructor(method.parameterArray()))
                    : can(() -> lookup.findVirtual(type, name, method))
                            || can(() -> lookup.findStatic(type, name, method));
        } catch (ClassNotFoundException | IllegalAccessException | TypeNotPresentException | LinkageError e) {
            return false;
        }
    }

    private interface Search {
        Object run() throws ReflectiveOperationException;
    }

    private static boolean can(Search search) {
        try {
            search.run();
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /** The constant pool of a class file: section 4.4 of the JVM's specification. */
    private record Constants(int[] tags, int[] firsts, int[] seconds, String[] texts) {

        static Constants read(Path file) {
            try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
                in.skipNBytes(8);
                int count = in.readUnsignedShort();
                Constants constants = new Constants(new int[count], new int[count], new int[count], new String[count]);
                for (int i = 1; i < count; i++) {
                    constants.tags[i] = in.readUnsignedByte();
                    constants.readConstant(i, in);
                    if (constants.tags[i] == LONG || constants.tags[i] == DOUBLE) {
                        i++; // these take two places
                    }
                }
                return constants;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void readConstant(int i, DataInputStream in) throws IOException {
            switch (tags[i]) {
                case UTF8 -> texts[i] = in.readUTF();
                case 3, 4 -> in.skipNBytes(4); // int, float
                case LONG, DOUBLE -> in.skipNBytes(8);
                case CLASS, 8, 16, 19, 20 -> firsts[i] = in.readUnsignedShort(); // string, method type, module, package
                case FIELD, 10, INTERFACE_METHOD, 12, 17, 18 -> { // name and type, dynamic, invokedynamic
                    firsts[i] = in.readUnsignedShort();
                    seconds[i] = in.readUnsignedShort();
                }
                case 15 -> { // method handle; the method is a constant of its own
                    firsts[i] = in.readUnsignedByte();
                    seconds[i] = in.readUnsignedShort();
                }
                default -> throw new IOException("constant of kind " + tags[i]);
            }
        }

        int size() {
            return tags.length;
        }

        int tag(int i) {
            return tags[i];
        }

        int first(int i) {
            return firsts[i];
        }

        int second(int i) {
            return seconds[i];
        }

        String text(int i) {
            return texts[i];
        }

        String className(int i) {
            return texts[firsts[i]].replace('/', '.');
        }
    }
}
