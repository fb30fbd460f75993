"""Where the application's URLs hang."""

from django.urls import include, path

urlpatterns = [path("", include("migrations_app.urls"))]
