package dev.tiphys.syncer.source.git;

import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * Keeps JGit from reading the settings of the machine and its user: they could replace addresses or add proxies and hooks,
 * and finding them would start the git program.
 */
final class OwnSettings extends SystemReader.Delegate {

    private OwnSettings(SystemReader machine) {
        super(machine);
    }

    static void use() {
        if (!(SystemReader.getInstance() instanceof OwnSettings)) {
            SystemReader.setInstance(new OwnSettings(SystemReader.getInstance()));
        }
    }

    @Override
    public FileBasedConfig openUserConfig(Config parent, FS files) {
        return new Nothing(parent, files);
    }

    @Override
    public FileBasedConfig openSystemConfig(Config parent, FS files) {
        return new Nothing(parent, files);
    }

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS files) {
        return new Nothing(parent, files);
    }

    private static final class Nothing extends FileBasedConfig {
        Nothing(Config parent, FS files) {
            super(parent, null, files);
        }

        @Override
        public void load() {
            // there is nothing to load
        }

        @Override
        public void save() {
            // JGit keeps what it measured of the file system here; it measures again at the next start
        }

        @Override
        public boolean isOutdated() {
            return false;
        }
    }
}
