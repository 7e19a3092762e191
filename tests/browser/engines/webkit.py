#!/usr/bin/python3
"""A browser over WebKitGTK for WebKitWebDriver, which starts it.

WebKit's own MiniBrowser forgets everything when it is driven; this one keeps what pages store in the folder PROFILE.

Use: webkit.py PROFILE [--private] [--denied] [--origin-bytes=N]
"""

import argparse
import os

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

# What Safari has and WebKitGTK leaves off. It has no synchronous access to files behind its feature AccessHandle, so that stays off.
FILES = {"StorageAPI", "StorageAPIEstimate", "FileSystem", "FileSystemWritableStream"}


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("profile")
    parser.add_argument("--private", action="store_true", help="keep nothing")
    parser.add_argument("--denied", action="store_true", help="let pages store nothing")
    parser.add_argument("--origin-bytes", type=int, help="the most that the pages of one origin may store")
    return parser.parse_args()


def settings_of(options):
    settings = WebKit2.Settings()
    settings.set_enable_html5_database(not options.denied)
    settings.set_enable_html5_local_storage(not options.denied)
    features = WebKit2.Settings.get_all_features()
    for feature in (features.get(n) for n in range(features.get_length())):
        if feature.get_identifier() in FILES:
            settings.set_feature_enabled(feature, True)
    return settings


def data_of(options):
    if options.private:
        return WebKit2.WebsiteDataManager.new_ephemeral()
    folders = {
        "base_data_directory": os.path.join(options.profile, "data"),
        "base_cache_directory": os.path.join(options.profile, "cache"),
    }
    if options.origin_bytes is None:
        return WebKit2.WebsiteDataManager(**folders)
    disk = os.statvfs(options.profile)
    ratio = options.origin_bytes / (disk.f_blocks * disk.f_frsize)
    return WebKit2.WebsiteDataManager(**folders, origin_storage_ratio=ratio, total_storage_ratio=ratio)


def main():
    options = parse()
    settings = settings_of(options)
    context = WebKit2.WebContext(website_data_manager=data_of(options))
    context.set_automation_allowed(True)

    def new_view(_session):
        view = WebKit2.WebView(web_context=context, settings=settings, is_controlled_by_automation=True)
        window = Gtk.Window(default_width=1000, default_height=800)
        window.add(view)
        window.show_all()
        view.connect("close", lambda _view: window.destroy())
        return view

    def started(_context, session):
        session.connect("create-web-view", new_view)

    context.connect("automation-started", started)
    Gtk.main()


main()
